"""The trainee's shell: a terminal between the person and the toolbox, and a record of what was typed.

`proxy` holds the two terminals, `marks` finds where a command begins and ends, `commands` writes it down without
secrets, which `secrets` learns; `finding` knows which drill it is.
"""

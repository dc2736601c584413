"""The toolbox: the on-call engineer's place, in which the runbook's own commands are executed.

Whatever a block does, it stays inside: `confinement` is what a container may have, `reach` what its network leads to,
`rights` what the cluster lets it do, `blocks` how long it lasts, `sweep` how all of it goes away.
"""

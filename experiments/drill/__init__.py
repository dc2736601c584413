"""A drill from the lab's side: what the trainee is shown and asked, and whether a declared fix is one."""

"""Give etcd its space back: compact, defragment one member after the other, disarm, with figures before and after."""

"""What people write: the typed description of one incident."""

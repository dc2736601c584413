module firedrill.local/pause

go 1.21

module firedrill.local/bounded-runc

go 1.21

"""Light callers and receivers that run beside the hall in processes of their own."""

"""What is asked: one file per edition, never edited after its first use."""

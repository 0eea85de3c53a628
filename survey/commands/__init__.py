"""What an operator types, one module per subject. Every refusal is one sentence and an exit code."""

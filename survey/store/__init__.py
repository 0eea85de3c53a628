"""What is remembered: people (names), boxes (sealed ballots, no names), rounds and releases."""

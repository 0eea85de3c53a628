"""What leaves the house: mail and PDF."""

"""Pages, by door: owner, respondent, account."""

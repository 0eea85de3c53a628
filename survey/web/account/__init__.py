"""The account door: signing in and out, one's own details and companies.

How somebody is recognised is left to Flask-Security; what is written here is our words, our mail and our pages.
"""

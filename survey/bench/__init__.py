"""What the product costs on this machine, measured on the real thing: its servers, its mails, its PDFs, its files.

It must not know how a page works: it walks in by the doors. It measures, and says what the goal was; it gates nothing.
"""

"""The regency's pages: the officers' desk, the citizen's look-up, and a letter's verification."""

"""The languages of the screen: a folder for each, with ``LC_MESSAGES/anjungan.po``.

``python -m ui.locale update`` takes new sentences into the catalogues, ``check`` names what they
lack. docs/languages.md tells how to add a language.
"""

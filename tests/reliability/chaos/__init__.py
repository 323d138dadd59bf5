"""Kiosks, a broker and workers that are killed and cut off at random, by a seed.

``python -m tests.reliability.chaos --seed 1 --kiosks 20 --requests 2000 --letters 200``
"""

"""A whole cabinet without hardware, as a page in the browser.

It drives only the public doors of virtual devices: the control sockets of reader and printer,
the printer's folder of slips, the screen's inspection socket and real input on its display.
"""

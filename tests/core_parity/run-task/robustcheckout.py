stand-in for robustcheckout.py

"""Printed papers: a payment's receipt as PDF, in English, Hindi or Punjabi.

What: turns one frozen value into one small file; knows no table, asks nobody, reaches no network.
Tables, announces, hears: nothing.
Why: whoever holds the value gets the same paper, byte for byte, however often it is printed.
"""

from backend.office.pdf.schemas import ReceiptLine, ReceiptPrint
from backend.office.pdf.service import render_receipt, render_receipt_picture

__all__ = ["ReceiptLine", "ReceiptPrint", "render_receipt", "render_receipt_picture"]

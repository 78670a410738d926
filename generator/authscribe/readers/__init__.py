"""Readers: one module for each input format; each turns a text into a draft and cannot fail."""

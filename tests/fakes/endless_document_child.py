"""Stands for the process that makes documents: takes its work and never comes to an end."""

import sys
import threading

if __name__ == "__main__":
    sys.stdin.buffer.read()
    threading.Event().wait()

"""Stands for the process that makes documents: takes its work and dies, as where memory runs out."""

import os
import sys

if __name__ == "__main__":
    sys.stdin.buffer.read()
    os._exit(9)

"""Answerwell: a multilingual customer-support portal.

Each package below is one domain; imports flow one way (``tests/test_architecture.py`` holds the order):

    clock config errors garbage localization logs storage rich_text tokens database < web jobs < agents people mail
    < knowledge_base < search < tickets < contact < app < demo cli
"""

__version__ = "0.1.0"

"""Can an input make this regular expression take for ever?"""

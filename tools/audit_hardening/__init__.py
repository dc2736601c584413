"""What would these incidents still find open in a namespace?"""

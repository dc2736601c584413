"""Which objects still speak an API version that a Kubernetes release no longer serves?"""

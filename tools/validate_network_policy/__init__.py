"""Would this set of NetworkPolicies let Prometheus scrape what it has to scrape?"""

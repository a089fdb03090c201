def write(args, bare, tls, speed, curves, jitters, evasions):
    for k,v in speed.items():
        print(k)
        for g,t in v: print(g,[None if x is None else round(x/60,1) for x in t])
    for k,v in curves.items():
        print(k)
        for g,t in v.items(): print(g,t)
    for c,n,b,s,t in evasions: print(c.name,n,b,s,t)

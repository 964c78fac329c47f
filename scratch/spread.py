import sys; sys.path.insert(0,'/work/main'); sys.path.insert(0,'/work/wt00/scratch')
import numpy as np, torch
from torch import nn
from helpers import datasets
from helpers.networks import replicate
torch.set_num_threads(1)
d=datasets.load("digits")
src=open('/work/wt00/scratch/demo.py').read().split("for depth in")[0]; exec(src)
for depth,bn,start in ((10,False,"torch"),(10,True,"torch"),(10,False,"he"),(3,False,"torch"),(3,True,"torch")):
    net=replicate(make(depth,bn,start),16,0).train()
    v=torch.tensor(d.x[:500],dtype=torch.float32).expand(16,-1,-1); out=[]
    for l in net.layers:
        v=l(v)
        if isinstance(l,nn.ReLU): pass
        else:
            out.append((type(l).__name__.replace("Replicated",""), v.std(1).median().item(), v.std(1).mean().item()))
    print(depth,bn,start,[(n[:4],round(a,6),round(b,6)) for n,a,b in out])
# one plain network by hand
torch.manual_seed(0); net=make(10,False,"torch")(); x=torch.tensor(d.x[:500],dtype=torch.float32)
for l in net:
    x=l(x)
    if isinstance(l,nn.Linear): print(x.std(0).mean().item(), x.mean(0).abs().mean().item())

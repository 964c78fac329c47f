import sys; sys.path.insert(0,'/work/main')
import numpy as np, torch, time
from torch import nn
from helpers import datasets
from helpers.networks import replicate, train
torch.set_num_threads(1)
d=datasets.load("digits"); copies=16
S=datasets.splits(1797,train=1300,copies=copies,seed=0)
def make(depth,bn,start):
    def f():
        L=[];w=64
        for _ in range(depth):
            lin=nn.Linear(w,50)
            if start=="he": nn.init.kaiming_normal_(lin.weight, nonlinearity="relu"); nn.init.zeros_(lin.bias)
            L.append(lin)
            if bn: L.append(nn.BatchNorm1d(50))
            L.append(nn.ReLU()); w=50
        return nn.Sequential(*L,nn.Linear(50,10))
    return f
for depth in (10,3):
  for bn,start in ((True,"torch"),(False,"torch"),(True,"he"),(False,"he")):
    for lr in (0.01,0.03,0.1,0.3,1.0):
        t=time.time()
        h=train(replicate(make(depth,bn,start),copies,0),d.x,d.y,S,steps=200,batch_size=60,lr=lr,seed=0,eval_every=20)
        m=np.median(h.test_accuracy,axis=1)
        st=h.steps_to(0.9)
        print(depth,"BN" if bn else "plain",start,lr,"acc@40,100,200",m[[2,5,10]].round(3),"min",np.nanmin(h.test_accuracy[-1]).round(3),"loss",np.round(np.median(h.train_loss[-1]),4),"div",np.isfinite(h.diverged_at).sum(),f"{time.time()-t:.1f}s",flush=True)

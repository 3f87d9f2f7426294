//! x

use ddvs_model::*;
use ddvs_model::captured::all_forks;
use ddvs_model::search::{Options, search_with};
use std::time::Instant;
fn run(i: &Instance, show: bool) -> Option<Violation> {
    let t = Instant::now();
    let o = search_with(i, Options { max_states: 20_000_000, ..Options::default() });
    println!("{:<50} {:>9} states {:>6} rests {:>6.1}s {} {:?}", i.name, o.states, o.rests, t.elapsed().as_secs_f32(), if o.complete {"complete"} else {"stopped"}, o.violation());
    println!("     {:?}", o.stats);
    if show { for (v, t) in &o.violations { println!("  {v}:\n{}", explain(i, t)); } }
    o.violation()
}
fn main() {
    let a: Vec<String> = std::env::args().skip(1).collect();
    let show = a.iter().any(|x| x == "show");
    let on = |s: &str| a.iter().any(|x| x == s);
    for (t, r) in [("reb", REBASING), ("claim", RULES), ("curr", Rules{count: CountRule::CurrentTotals, ..RULES}), ("unann", Rules{count: CountRule::Unannounced, ..RULES}), ("base", Rules{count: CountRule::ProposalBase, ..RULES})] {
        if !on(t) { continue }
        let n = |s: &str| format!("[{t}] {s}");
        run(&Instance::new(&n("40/30/30 one each"), r, &[40,30,30], vec![vec![stake(25)],vec![stake(-10)],vec![stake(15)]]), show);
        run(&Instance::new(&n("G1 20/20/20 Z silent"), r, &[20,20,20], vec![vec![stake(100)],vec![],vec![stake(70)]]).falls_silent(&[2],1), show);
        run(&Instance::new(&n("G2"), r, &[20,20,20], vec![vec![stake(100),stake(-5)],vec![stake(30)],vec![stake(10)]]).falls_silent(&[2],1), show);
        run(&Instance::new(&n("G3"), r, &[20,20,60], vec![vec![stake(30)],vec![stake(1)],vec![]]).falls_silent(&[2],1), show);
        run(&Instance::new(&n("K1"), r, &[20,10,60], vec![vec![stake(100)],vec![stake(60)],vec![stake(70)]]).falls_silent(&[2],1), show);
        run(&Instance::new(&n("K2"), r, &[30,30,20,20], vec![vec![with_key(5,1)],vec![with_key(5,1)],vec![],vec![]]).falls_silent(&[2,3],2), show);
        run(&Instance::new(&n("K3 40/30/30 2,2"), r, &[40,30,30], vec![vec![stake(25),stake(-30)],vec![stake(20),stake(20)],vec![]]), show);
        run(&Instance::new(&n("K8"), r, &[40,30,30,0], vec![vec![stake(25)],vec![stake(30)],vec![stake(15)],vec![]]).silent(&[3]), show);
        for k in [1,2,3] {
            run(&Instance::new(&n(&format!("hist {k}")), Rules{history:Some(k),..r}, &[40,30,30], vec![vec![stake(25),stake(-30)],vec![stake(20),stake(20)],vec![]]), show);
            run(&Instance::new(&n(&format!("hist {k} G2")), Rules{history:Some(k),..r}, &[20,20,20], vec![vec![stake(100),stake(-5)],vec![stake(30)],vec![stake(10)]]).falls_silent(&[2],1), show);
            if t == "reb" {
            run(&Instance::new(&n(&format!("keep {k} G2")), Rules{count: CountRule::OriginRebases{keep: k as usize},..r}, &[20,20,20], vec![vec![stake(100),stake(-5)],vec![stake(30)],vec![stake(10)]]).falls_silent(&[2],1), show);
            run(&Instance::new(&n(&format!("keep {k} G3")), Rules{count: CountRule::OriginRebases{keep: k as usize},..r}, &[20,20,60], vec![vec![stake(30)],vec![stake(1)],vec![]]).falls_silent(&[2],1), show);
            }
        }
    }
    if on("fork") {
        for (name, st) in [("35/35/30", vec![35,35,30]), ("40/40/20", vec![40,40,20]), ("30/25/45", vec![30,25,45]), ("20/20/60", vec![20,20,60])] {
            for (vn, votes) in [("all", vec![0u8,1]), ("A", vec![0]), ("none", vec![])] {
            let mut bad = 0; let mut states = 0; let mut max = 0; let t = Instant::now(); let mut n = 0; let mut stats = Stats::default();
            for plan in all_forks(2, 2, &[0,1]) {
                let plan = plan.votes(0, 1, MAIN, &votes);
                let i = Instance::new("f", RULES, &st, vec![vec![stake(3)], vec![], vec![stake(9), stake(4)]]).forks(2, 1, vec![stake(-7), stake(-5)]).captured(plan.clone());
                let o = search::search(&i); n += 1; states += o.states; max = max.max(o.states); stats.undone += o.stats.undone; stats.relayed += o.stats.relayed;
                if let Some(v) = o.violation() { bad += 1; if bad == 1 && show { println!("{v}: {:?}\n{}", plan.outbox.iter().map(|x| (x.0, x.1.seqno, x.1.content.branch)).collect::<Vec<_>>(), explain(&i, &o.violations[&v])); } }
                if !o.complete && o.violation().is_none() { println!("incomplete"); }
            }
            println!("{name} votes {vn}: plans {n} bad {bad} states {states} max {max} {:.1}s undone {} relayed {}", t.elapsed().as_secs_f32(), stats.undone, stats.relayed);
            }
        }
    }
}

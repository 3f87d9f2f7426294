//! x
use ddvs_model::*;
use ddvs_model::captured::all_forks;
use ddvs_model::search::{Options, search_with};
use std::time::Instant;
fn main() {
    let a: Vec<String> = std::env::args().skip(1).collect();
    let lim: usize = a[0].parse().unwrap();
    let filt = &a[1];
    let rulesets = [("decide", RULES), ("two", Rules{forks: ForkRule::TwoApplicable, ..RULES}), ("twobase", Rules{forks: ForkRule::TwoApplicable, count: CountRule::Unannounced, ..RULES}), ("any", Rules{forks: ForkRule::AnyConflict, ..RULES}), ("noask", Rules{ask:false, ..RULES}), ("unann", Rules{count:CountRule::Unannounced, ..RULES}), ("nowit", Rules{yes_needs_a_witness:false,..RULES})];
    // name, stakes, scripts honest, X script, alt, seqnos, votes, silence
    type C = (&'static str, Vec<i32>, Vec<Vec<Batch>>, Vec<Batch>, u8, u8);
    let cs: Vec<C> = vec![
        ("26x3/22", vec![26,26,26,22], vec![vec![stake(3)],vec![],vec![],vec![stake(9)]], vec![stake(-7)], 1, 0),
        ("25x4", vec![25,25,25,25], vec![vec![stake(3)],vec![],vec![],vec![stake(9)]], vec![stake(-7)], 1, 0),
        ("25x4 2 seq", vec![25,25,25,25], vec![vec![],vec![],vec![],vec![stake(9),stake(4)]], vec![stake(-7),stake(-5)], 2, 0),
        ("35/35/30/M", vec![35,35,0,30], vec![vec![stake(3)],vec![],vec![],vec![stake(9)]], vec![stake(-7)], 1, 0),
        ("35/35/30/M 2 seq", vec![35,35,0,30], vec![vec![],vec![],vec![],vec![stake(9),stake(4)]], vec![stake(-7),stake(-5)], 2, 0),
        ("30/25/45/M", vec![30,25,0,45], vec![vec![stake(3)],vec![],vec![],vec![stake(9)]], vec![stake(-7)], 1, 0),
        ("35/35/30 moving", vec![35,35,30], vec![vec![stake(-20)],vec![stake(-20)],vec![stake(9)]], vec![stake(-7)], 1, 0),
        ("35/35/30 moving2", vec![35,35,30], vec![vec![stake(40)],vec![stake(-30)],vec![stake(9)]], vec![stake(-7)], 1, 0),
        ("35/35/30 moving3", vec![35,35,30], vec![vec![stake(40), stake(-30)],vec![stake(-30)],vec![stake(100)]], vec![stake(-25)], 1, 0),
        ("30/25/45 moving", vec![30,25,45], vec![vec![stake(40)],vec![stake(-20)],vec![stake(100)]], vec![stake(-25)], 1, 0),
        ("35/35/30 silentB", vec![35,35,30], vec![vec![stake(3)],vec![stake(30)],vec![stake(9)]], vec![stake(-7)], 1, 2),
        ("30/30/20/20 silentC", vec![30,30,20,20], vec![vec![stake(3)],vec![],vec![],vec![stake(9)]], vec![stake(-7)], 1, 4),
        ("25/25/20/30 moving silentC", vec![25,25,20,30], vec![vec![stake(15)],vec![stake(-10)],vec![],vec![stake(50)]], vec![stake(-7)], 1, 4),
    ];
    for (rn, r) in rulesets { if filt != rn && filt != "all" { continue }
        for (name, st, sc, alt, seqs, sil) in &cs {
            if a.len() > 2 && !name.contains(&a[2]) { continue }
            let n = st.len() as u8; let x = n - 1;
            let to: Vec<u8> = (0..x).collect();
            let (mut plans, mut bad, mut states, mut max, mut inc) = (0,0,0,0,0); let t = Instant::now(); let mut kinds = std::collections::BTreeMap::new(); let mut sum = Stats::default();
            for plan in all_forks(x, *seqs, &to) { for votes in [&to[..], &to[..1], &[]] {
                let plan = plan.clone();
                let plan = if sc[0].is_empty() { if votes.len() != 1 { continue }; plan } else { plan.votes(0,1,MAIN,votes) };
                let plan = if sc[1].is_empty() { plan } else { plan.votes(1,1,MAIN,votes) };
                let mut i = Instance::new(name, r, st, sc.clone()).forks(x, 1, alt.clone()).captured(plan.clone());
                if *sil != 0 { let who: Vec<u8> = (0..n).filter(|c| sil >> c & 1 == 1).collect(); i = i.falls_silent(&who, 1); }
                let o = search_with(&i, Options{max_states: lim, ..Options::default()});
                plans += 1; states += o.states; max = max.max(o.states); sum.undone += o.stats.undone; sum.claims += o.stats.claims; sum.relayed += o.stats.relayed; sum.frozen += o.stats.frozen;
                if let Some(v) = o.violation() { bad += 1; *kinds.entry(v).or_insert(0) += 1; if bad == 1 && a.len() > 3 { println!("{v}: {:?}\n{}", plan.outbox.iter().map(|x| (x.0, x.1)).collect::<Vec<_>>(), explain(&i, &o.violations[&v])); } }
                else if !o.complete { inc += 1; }
                if t.elapsed().as_secs() > 60 { break }
            } }
            println!("[{rn}] {name:<28} plans {plans} incomplete {inc} states {states} max {max} {:.1}s bad {bad} {kinds:?} undone {} claims {} relayed {} frozen {}", t.elapsed().as_secs_f32(), sum.undone, sum.claims, sum.relayed, sum.frozen);
        }
    }
}

//! Searches larger instances than the tests do and prints a table:
//! `cargo run --release -p ddvs-model --example search`.
//! With an argument, it runs only rows whose name contains it.

use std::time::Instant;

use ddvs_model::captured::{all_forks, all_lies};
use ddvs_model::search::{Options, search_with};
use ddvs_model::{
    Batch, CONTRACTS, Captured, Chain, ContentId, FORK, Instance, MADE_UP, MAIN, Violation,
    explain, stake, with_key,
};

const OPTIONS: Options = Options {
    max_states: 2_000_000,
    reduce: true,
    stop_early: true,
};

fn main() {
    let wanted = std::env::args().nth(1).unwrap_or_default();
    println!("| instance | searches | states | largest | seconds | verdict |");
    println!("|---|--:|--:|--:|--:|---|");
    for (name, instances) in rows() {
        if name.contains(&wanted) {
            row(&name, &instances);
        }
    }
}

fn row(name: &str, instances: &[Instance]) {
    let start = Instant::now();
    let (mut states, mut largest, mut open) = (0, 0, 0);
    let mut found: Option<(Violation, String)> = None;
    for instance in instances {
        let outcome = search_with(instance, OPTIONS);
        states += outcome.states;
        largest = largest.max(outcome.states);
        match outcome.violations.iter().next() {
            Some((violation, steps)) if found.is_none() => {
                found = Some((*violation, explain(instance, steps)));
            }
            None if !outcome.complete => open += 1,
            _ => {}
        }
    }
    let verdict = match (&found, open) {
        (Some((violation, _)), _) => violation.to_string(),
        (None, 0) => "holds".to_owned(),
        (None, open) => format!("nothing found, {open} not finished"),
    };
    let (searches, seconds) = (instances.len(), start.elapsed().as_secs_f32());
    println!("| {name} | {searches} | {states} | {largest} | {seconds:.1} | {verdict} |");
    if let Some((_, trace)) = found {
        eprintln!("{trace}");
    }
}

type Row = (String, Vec<Instance>);

fn rows() -> Vec<Row> {
    let mut rows = honest();
    rows.extend(shares());
    rows.extend(forgeries());
    rows.extend(forks());
    rows.extend(liars());
    rows
}

fn honest() -> Vec<Row> {
    let mut rows = Vec::new();
    {
        let new = |stakes: &[i32], scripts| Instance::new("honest", CONTRACTS, stakes, scripts);
        let three = || {
            vec![
                vec![with_key(25, 1)],
                vec![with_key(-10, 1)],
                vec![stake(15)],
                vec![],
            ]
        };
        let growing = || vec![vec![stake(100)], vec![stake(60)], vec![stake(70)]];
        let two_each = || {
            let (a, b) = (
                vec![with_key(25, 1), stake(-30)],
                vec![stake(20), with_key(20, 1)],
            );
            vec![a, b, vec![stake(15)]]
        };
        let cases = [
            ("40/30/30/M", new(&[40, 30, 30, 0], three()).masterchain(3)),
            (
                "40/30/30/M, M falls silent",
                new(&[40, 30, 30, 0], three())
                    .masterchain(3)
                    .falls_silent(&[3], 1),
            ),
            (
                "20/10/60, all grow, C falls silent",
                new(&[20, 10, 60], growing()).falls_silent(&[2], 1),
            ),
            (
                "40/30/30, 2 + 2 + 1 batches",
                new(&[40, 30, 30], two_each()),
            ),
            (
                "40/30/30, 2 + 2 + 1 batches, any one falls silent",
                new(&[40, 30, 30], two_each()).falls_silent(&[0, 1, 2], 1),
            ),
        ];
        rows.extend(cases.map(|(name, instance)| (name.to_owned(), vec![instance])));
    }
    rows
}

fn every_fork(
    stakes: &[i32],
    scripts: &[Vec<Batch>],
    branch: &[Batch],
    silent: &[Chain],
) -> Vec<Instance> {
    let captured = (stakes.len() - 1) as Chain;
    let to: Vec<Chain> = (0..captured).collect();
    let plans = all_forks(captured, branch.len() as u8, &to).into_iter();
    let plans = plans.flat_map(|plan| {
        let proposing = to.iter().filter(|&&to| !scripts[to as usize].is_empty());
        let voting = |voters: &[Chain]| {
            let plan = plan.clone();
            let votes = |plan: Captured, origin: &Chain| plan.votes(*origin, 1, MAIN, voters);
            proposing.clone().fold(plan, votes)
        };
        if proposing.clone().next().is_none() {
            return vec![voting(&[])];
        }
        vec![voting(&to), voting(&to[..1]), voting(&[])]
    });
    let instances = plans.map(|plan| {
        let instance = Instance::new("fork", CONTRACTS, stakes, scripts.to_vec());
        let mut instance = instance.forks(captured, 1, branch.to_vec()).captured(plan);
        instance.masterchain = (0..)
            .zip(stakes)
            .find(|(_, stake)| **stake == 0)
            .map(|(chain, _)| chain);
        instance.falls_silent(silent, u8::from(!silent.is_empty()))
    });
    instances.collect()
}

fn forks() -> Vec<Row> {
    let a = |scripts: &[i32], x: &[i32]| -> Vec<Vec<Batch>> {
        let mut all: Vec<Vec<Batch>> = scripts
            .iter()
            .map(|&delta| {
                if delta == 0 {
                    vec![]
                } else {
                    vec![stake(delta)]
                }
            })
            .collect();
        all.push(x.iter().map(|&delta| stake(delta)).collect());
        all
    };
    let one = [stake(-7)];
    let two = [stake(-7), stake(-5)];
    let three = [stake(-7), stake(-5), stake(-3)];
    let row = |name: &str, instances: Vec<Instance>| (format!("last forks: {name}"), instances);
    vec![
        row(
            "35/35/30, 2 batches",
            every_fork(&[35, 35, 30], &a(&[3, 0], &[9, 4]), &two, &[]),
        ),
        row(
            "35/35/30, 3 batches",
            every_fork(&[35, 35, 30], &a(&[3, 0], &[9, 4, 2]), &three, &[]),
        ),
        row(
            "40/40/20, 2 batches",
            every_fork(&[40, 40, 20], &a(&[3, 0], &[9, 4]), &two, &[]),
        ),
        row(
            "30/25/45, 2 batches, stakes move",
            every_fork(&[30, 25, 45], &a(&[40, -20], &[100, 4]), &two, &[]),
        ),
        row(
            "35/35/30, B falls silent",
            every_fork(&[35, 35, 30], &a(&[3, 30], &[9, 4]), &two, &[1]),
        ),
        row(
            "26/26/26/22",
            every_fork(&[26, 26, 26, 22], &a(&[3, 0, 0], &[9]), &one, &[]),
        ),
        row(
            "25/25/25/25",
            every_fork(&[25, 25, 25, 25], &a(&[3, 0, 0], &[9]), &one, &[]),
        ),
        row(
            "25/25/25/25, 2 batches",
            every_fork(&[25, 25, 25, 25], &a(&[0, 0, 0], &[9, 4]), &two, &[]),
        ),
        row(
            "35/35/M/30",
            every_fork(&[35, 35, 0, 30], &a(&[3, 0, 0], &[9]), &one, &[]),
        ),
        row(
            "35/35/M/30, 2 batches",
            every_fork(&[35, 35, 0, 30], &a(&[0, 0, 0], &[9, 4]), &two, &[]),
        ),
        row(
            "25/25/20/30, C falls silent",
            every_fork(&[25, 25, 20, 30], &a(&[0, 0, 0], &[50]), &one, &[2]),
        ),
    ]
}

/// Every way in which a captured chain with a share of all stake can send two batches; one other chain may fall
/// silent.
fn shares() -> Vec<Row> {
    let row = |percent: i32| {
        let rest = 1000 - 10 * percent;
        let splits = [(rest / 2, rest - rest / 2), (rest / 3, rest - rest / 3)];
        let scripts = [vec![stake(1)], vec![], vec![stake(-2), stake(1)]];
        let branch = [stake(-3), stake(-1)];
        let instances = splits
            .into_iter()
            .flat_map(|(a, b)| every_fork(&[a, b, 10 * percent], &scripts, &branch, &[0, 1]));
        let name = format!("three chains, {percent}% forks, one falls silent");
        (name, instances.collect())
    };
    [10, 20, 30, 33, 40, 49].map(row).to_vec()
}

/// Every vote and relay that a captured chain can send about an honest origin to each other chain.
fn forgeries() -> Vec<Row> {
    let row = |stakes: &[i32], masterchain: Option<Chain>| {
        let liar = (stakes.len() - 1) as Chain;
        let to: Vec<Chain> = (0..liar).collect();
        let instances = all_lies(liar, 0, &to).into_iter().map(|plan| {
            let mut scripts = vec![vec![]; stakes.len()];
            scripts[0] = vec![stake(0), stake(0)];
            let instance = Instance::new("lie", CONTRACTS, stakes, scripts);
            let instance = instance.forks(0, 1, vec![stake(0)]).captured(plan);
            let instance = instance.forbids(ContentId::new(0, 0, FORK));
            match masterchain {
                Some(chain) => instance.masterchain(chain),
                None => instance,
            }
        });
        let name = format!("last forges batches of A: {stakes:?}");
        (name, instances.collect())
    };
    vec![
        row(&[30, 38, 32], None),
        row(&[45, 6, 49], None),
        row(&[25, 25, 20, 30], None),
        row(&[40, 30, 30, 0], Some(3)),
        row(&[34, 17, 0, 49], Some(2)),
    ]
}

fn liars() -> Vec<Row> {
    let row = |stakes: &[i32], batches: u8| {
        let liar = (stakes.len() - 1) as Chain;
        let others: Vec<Chain> = (0..liar).collect();
        let every_target = (1u8..1 << liar).map(|targets| {
            let to: Vec<Chain> = others
                .iter()
                .copied()
                .filter(|to| targets >> to & 1 == 1)
                .collect();
            let captured = (1..=batches).fold(Captured::new(liar), |captured, seqno| {
                let base = Instance::genesis_base(0, seqno);
                captured
                    .lies(0, seqno, &to)
                    .claims(0, seqno, MADE_UP, base, &to)
            });
            let mut scripts = vec![vec![]; stakes.len()];
            scripts[0] = vec![stake(3); batches as usize];
            Instance::new("lie", CONTRACTS, stakes, scripts).captured(captured)
        });
        (
            format!("last lies about A: {stakes:?}, {batches} batches"),
            every_target.collect(),
        )
    };
    vec![
        row(&[40, 30, 30, 0], 2),
        row(&[60, 40, 0], 3),
        row(&[25, 25, 25, 25], 1),
        row(&[45, 20, 20, 15], 1),
        row(&[35, 25, 20, 20], 1),
    ]
}

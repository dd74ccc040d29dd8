//! One of several servers that share the targets.

use crate::wire::prometheus::{Relabel, RelabelAction, ScrapeConfig};

/// Where a Prometheus scrapes itself.
pub(super) const OWN: &str = "localhost:9090";

/// Where the hash of a target is kept until it has decided: labels with this prefix go before the scrape.
const HASH: &str = "__tmp_hash";

/// One of several servers that share the targets.
#[derive(Clone, Copy)]
pub(super) struct Shard {
    /// Its number, from 0 on.
    number: u64,
    /// How many there are.
    count: u64,
}

impl Shard {
    /// All of so many.
    pub(super) fn all(count: u64) -> impl Iterator<Item = Self> {
        (0..count).map(move |number| Self { number, count })
    }

    /// The file of its configuration, below `prometheus/`.
    pub(super) fn file(self) -> String {
        format!("prometheus-shard-{}.yml", self.number)
    }

    /// A job, of which it scrapes its own share. Itself it scrapes as a whole, under a name that no other shard has.
    pub(super) fn share(self, mut job: ScrapeConfig) -> ScrapeConfig {
        let is_own = job.static_configs.iter().any(|group| group.targets == [OWN]);
        if is_own {
            job.relabel_configs.push(Relabel {
                target_label: Some("instance".into()),
                replacement: Some(format!("prometheus-shard-{}", self.number)),
                ..Relabel::default()
            });
        } else {
            job.relabel_configs.extend([self.hash(), self.keep()]);
        }
        job
    }

    fn hash(self) -> Relabel {
        Relabel {
            source_labels: vec!["__address__".into()],
            modulus: Some(self.count),
            target_label: Some(HASH.into()),
            action: Some(RelabelAction::HashMod),
            ..Relabel::default()
        }
    }

    fn keep(self) -> Relabel {
        Relabel {
            source_labels: vec![HASH.into()],
            regex: Some(self.number.to_string()),
            action: Some(RelabelAction::Keep),
            ..Relabel::default()
        }
    }
}

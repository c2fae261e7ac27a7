//! How many cores' time this program is allowed to use, where Linux bounds that by a control group: half a core is possible.

use std::fs;
use std::path::PathBuf;

use crate::usage::groups;

/// The cores of quota, the least of all groups; `None` where there is no bound, or none is told.
pub fn cores() -> Option<f64> {
    least(groups::folders("cpu"))
}

fn least(folders: Vec<PathBuf>) -> Option<f64> {
    let quotas = folders.into_iter().filter_map(|folder| {
        let file = |name: &str| fs::read_to_string(folder.join(name)).ok();
        // The second version of control groups has one file, the first had two.
        let of_two = || Some(format!("{} {}", file("cpu.cfs_quota_us")?, file("cpu.cfs_period_us")?));
        cores_of(&file("cpu.max").or_else(of_two)?)
    });
    quotas.min_by(f64::total_cmp)
}

/// The cores of "50000 100000": the time that may be used in each period, both in microseconds. "max" and -1 are no bound.
fn cores_of(text: &str) -> Option<f64> {
    let mut words = text.split_whitespace();
    let (quota, period) = (words.next()?.parse::<f64>().ok()?, words.next()?.parse::<f64>().ok()?);
    (quota >= 0.0 && period > 0.0).then(|| quota / period)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(files: &[(&str, &str)], member: &str, expected: Option<f64>) {
        let root = tempfile::tempdir().unwrap();
        for (path, text) in files {
            let path = root.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        assert_eq!(least(groups::folders_in(root.path(), member, "cpu")), expected, "{files:?} {member}");
    }

    #[test]
    fn the_least_quota_of_all_groups_around_counts() {
        check(&[("a/b/cpu.max", "50000 100000\n")], "0::/a/b\n", Some(0.5));
        check(&[("a/b/cpu.max", "max 100000\n"), ("a/cpu.max", "150000 100000\n")], "0::/a/b\n", Some(1.5));
        // Within a container the files of its group stand at the root, whatever the group is called outside.
        check(&[("cpu.max", "20000 10000\n")], "0::/outside/of/this\n", Some(2.0));
        check(&[("a/cpu.max", "max 100000\n")], "0::/a\n", None);
        // Linux takes no less than a millisecond, but others read like it: no time at all is a bound too.
        check(&[("a/cpu.max", "0 100000\n"), ("cpu.max", "1000 1000000\n")], "0::/a\n", Some(0.0));
        check(&[("a/cpu.max", "\n"), ("cpu.max", "100000 0\n")], "0::/a\n", None);
        let old = |quota| [("cpu,cpuacct/a/cpu.cfs_quota_us", quota), ("cpu,cpuacct/a/cpu.cfs_period_us", "100000\n")];
        check(&old("25000\n"), "4:memory:/a\n3:cpu,cpuacct:/a\n0::/\n", Some(0.25));
        check(&old("-1\n"), "3:cpu,cpuacct:/a\n", None);
        check(&old("0\n"), "3:cpu,cpuacct:/a\n", Some(0.0));
        check(&[], "", None);
    }
}

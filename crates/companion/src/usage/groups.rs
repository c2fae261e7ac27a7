//! The control groups by which Linux bounds what this program may use.

use std::fs;
use std::path::{Path, PathBuf};

/// The folders of all groups that this program is in, its own first in each hierarchy. One that bounds something has the
/// files for it; most have not.
pub fn folders(controller: &str) -> Vec<PathBuf> {
    let member = fs::read_to_string("/proc/self/cgroup").unwrap_or_default();
    folders_in(Path::new("/sys/fs/cgroup"), &member, controller)
}

/// The same where hierarchies are mounted at `root`, and `/proc/self/cgroup` says `member`: a group of each hierarchy a line.
pub fn folders_in(root: &Path, member: &str, controller: &str) -> Vec<PathBuf> {
    let of_line = |line: &str| {
        let mut fields = line.splitn(3, ':').skip(1);
        let (controllers, group) = (fields.next()?, fields.next()?.trim_start_matches('/'));
        let mounts = match controllers {
            "" => ["", "unified"],
            _ if controllers.split(',').any(|one| one == controller) => [controllers, controller],
            _ => return None,
        };
        // Within a container the files of its group stand at the root, whatever the group is called outside.
        let folders =
            mounts.iter().flat_map(|mount| Path::new(group).ancestors().map(move |it| root.join(mount).join(it)));
        Some(folders.collect::<Vec<PathBuf>>())
    };
    member.lines().filter_map(of_line).flatten().collect()
}

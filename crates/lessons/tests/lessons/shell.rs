//! Words as a shell takes them.

use lessons::shell::{quoted, setting};

#[test]
fn a_shell_takes_a_quoted_word_for_what_it_is() {
    check("messages=A-1=1,B_2=2.5", "messages=A-1=1,B_2=2.5");
    check("out/50%+c:d@e", "out/50%+c:d@e");
    check("latency=uniform 2 4", "'latency=uniform 2 4'");
    check("messages=$(reboot)=1", "'messages=$(reboot)=1'");
    check("messages=A;B&C|D>E*=1", "'messages=A;B&C|D>E*=1'");
    check("messages=it's=1", r"'messages=it'\''s=1'");
    check("'", r"''\'''");
    check("a\\b\nc", "'a\\b\nc'");
    check("über", "'über'");
    check("", "''");
}

#[test]
fn a_setting_is_one_word_behind_its_option() {
    assert_eq!(setting("workers", "2"), " --set workers=2");
    assert_eq!(setting("messages", "IT'S=1"), r" --set 'messages=IT'\''S=1'");
}

#[track_caller]
fn check(word: &str, expected: &str) {
    assert_eq!(quoted(word), expected);
}

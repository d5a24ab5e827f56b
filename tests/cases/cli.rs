//! The command line: what it says where, and with which exit code.

use tests::Tuban;

use crate::city::folder;

#[test]
fn help_is_an_answer_and_names_every_command() {
    let home = folder("help");
    let answer = Tuban::at(&home).arg("--help").run().good();
    for command in ["serve", "build", "stats", "tile", "init", "demo", "generations", "rollback"] {
        assert!(answer.text().contains(command), "no {command} in:\n{}", answer.text());
        let help = Tuban::at(&home).args([command, "--help"]).run().good();
        assert!(help.text().contains("Usage"), "{}", help.text());
        assert_eq!(help.err, "", "help is all on standard output");
    }
}

#[test]
fn a_command_line_that_means_nothing_is_wrong_usage() {
    let home = folder("usage");
    for line in [&["bild"][..], &["tile"], &["--no-such-flag"], &["stats", "--format", "pdf"]] {
        Tuban::at(&home).args(line).run().refused(2, &[]);
    }
}

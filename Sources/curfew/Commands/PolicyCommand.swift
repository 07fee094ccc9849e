import ArgumentParser
import Core
import Foundation
import Ledger
import Operations
import Reports
import Settings

struct PolicyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "policy",
        abstract: "The rules that say what is stale.",
        subcommands: [
            Check.self, Test.self, Simulate.self, Apply.self, History.self, Diff.self, Schema.self,
        ]
    )

    struct Check: ShellCommand {
        static let configuration = CommandConfiguration(
            abstract: "Read the policy files and report everything that is wrong in any of them.",
            discussion: """
                Examples:
                  curfew policy check policy.yaml
                  curfew policy check base.yaml "teams/*.yaml"

                The order of the files is the order of their policies: the first that applies decides. A folder stands for
                its files, sorted by name; files of cases (`.tests.`) are left out.
                """
        )
        @OptionGroup var common: CommonOptions
        @OptionGroup var policy: PolicyFileArguments

        func perform(_ shell: Shell) async throws -> ExitStatus {
            let found = try shell.settings(common)
            let texts = try shell.policyTexts(policy.files, found)
            let set = try texts.meaning(found.settings)
            for path in texts.paths where texts.paths.count > 1 {
                let names = set.policies.map(\.name).filter { set.files[$0] == path }
                shell.print("\(path): \(names.isEmpty ? "no policies" : names.joined(separator: ", "))")
            }
            let count = "\(set.policies.count) \(set.policies.count == 1 ? "policy" : "policies")"
            shell.print(
                texts.paths.count == 1
                    ? "\(texts.names): \(count), nothing wrong; apply it with: curfew policy apply \(texts.names)"
                    : "\(texts.paths.count) files, \(count), nothing wrong; apply them with: "
                        + (["curfew policy apply"] + policy.files).joined(separator: " ")
            )
            return .done
        }
    }

    struct Apply: ShellCommand {
        static let configuration = CommandConfiguration(
            abstract: "Make the policy files the policy in force; their texts are kept as one revision.",
            discussion: """
                Examples:
                  curfew policy apply policy.yaml
                  curfew policy apply                  all that the settings name

                What was not named is not in force any more. Where it is stricter than before, grace starts again.
                """
        )
        @OptionGroup var common: CommonOptions
        @OptionGroup var policy: PolicyFileArguments

        func perform(_ shell: Shell) async throws -> ExitStatus {
            try await shell.session(common) { session in
                let texts = try shell.policyTexts(policy.files, session.found)
                // Checked against the settings first, with the files' own names in every message.
                _ = try texts.meaning(session.found.settings)
                let (revision, isNew) = try await ApplyingPolicy(session.wiring).apply(texts.source)
                let verb = texts.paths.count == 1 ? "is" : "are"
                shell.print(
                    isNew
                        ? "revision \(revision.number) (\(revision.hash.short)) of \(texts.names) is in force"
                        : "\(texts.names) \(verb) in force already, as revision \(revision.number) (\(revision.hash.short))"
                )
                shell.say("see what it says: curfew evaluate && curfew stale")
                return .done
            }
        }
    }

    struct History: ShellCommand {
        static let configuration = CommandConfiguration(
            abstract: "List the revisions: when, by whom, which hash and files.",
            discussion: "Examples:\n  curfew policy history\n  curfew policy diff 3 5               what became of it"
        )
        @OptionGroup var common: CommonOptions
        @OptionGroup var output: OutputOptions

        func perform(_ shell: Shell) async throws -> ExitStatus {
            try await shell.session(common) { session in
                let revisions = try await session.ledger.policyRevisions()
                shell.print(
                    output.json
                        ? JSONText.render(PolicyRevisionJSON.all(revisions))
                        : PolicyHistoryText.text(revisions, on: session.canvas)
                )
                return .done
            }
        }
    }
}

struct PolicyFileArguments: ParsableArguments {
    @Argument(
        help: ArgumentHelp(
            "Files, folders, or names with `*`, in the order of their policies; left out, those that the settings name.",
            valueName: "file"
        )
    )
    var files: [String] = []
}

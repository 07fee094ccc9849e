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
        subcommands: [Check.self, Test.self, Simulate.self, Apply.self, History.self]
    )

    struct Check: ShellCommand {
        static let configuration = CommandConfiguration(
            abstract: "Read a policy file and report everything that is wrong with it.",
            discussion: "Example:\n  curfew policy check policy.yaml"
        )
        @OptionGroup var common: CommonOptions
        @Argument(help: "The file; left out, the one that the settings file names.") var file: String?

        func perform(_ shell: Shell) async throws -> ExitStatus {
            let found = try shell.settings(common)
            let file = file ?? found.policyFile
            let set = try PolicyText.meaning(of: try shell.policyText(file), file: file, settings: found.settings)
            shell.print(
                "\(file): \(set.policies.count) policies, nothing wrong; apply it with: curfew policy apply \(file)"
            )
            return .done
        }
    }

    struct Apply: ShellCommand {
        static let configuration = CommandConfiguration(
            abstract: "Make a policy file the policy in force; its text is kept as a revision.",
            discussion:
                "Example:\n  curfew policy apply policy.yaml\n\nWhere it is stricter than before, grace starts again."
        )
        @OptionGroup var common: CommonOptions
        @Argument(help: "The file; left out, the one that the settings file names.") var file: String?

        func perform(_ shell: Shell) async throws -> ExitStatus {
            try await shell.session(common) { session in
                let file = file ?? session.found.policyFile
                let text = try shell.policyText(file)
                // Checked against the settings first, with the file's own name in every message.
                _ = try PolicyText.meaning(of: text, file: file, settings: session.found.settings)
                let (revision, isNew) = try await ApplyingPolicy(session.wiring).apply(text: text)
                shell.print(
                    isNew
                        ? "revision \(revision.number) (\(revision.hash.short)) of \(file) is in force"
                        : "\(file) is in force already, as revision \(revision.number) (\(revision.hash.short))"
                )
                shell.say("see what it says: curfew evaluate && curfew stale")
                return .done
            }
        }
    }

    struct History: ShellCommand {
        static let configuration = CommandConfiguration(
            abstract: "List the revisions: when, by whom, which hash.",
            discussion: "Examples:\n  curfew policy history"
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

extension Shell {
    /// With the days out of the files of holidays that it names: all of it is what is applied.
    func policyText(_ file: String) throws(Problem) -> String {
        guard let text = String(data: try read(file), encoding: .utf8) else {
            throw Problem(.data, "\(file) is not UTF-8 text", advice: "save it as UTF-8")
        }
        return KeptHolidays.added(to: text) { (name) throws(HolidayFile.Problems) in
            let isAside = !name.hasPrefix("/") && file.contains("/")
            let place = isAside ? "\(URL(fileURLWithPath: file).deletingLastPathComponent().path)/\(name)" : name
            do throws(Problem) { return try read(place) } catch {
                throw HolidayFile.Problems(messages: [error.summary])
            }
        }
    }
}

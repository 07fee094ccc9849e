import ArgumentParser
import Core
import Ledger
import Operations
import Reports

extension PolicyCommand {
    struct Diff: ShellCommand {
        static let configuration = CommandConfiguration(
            abstract:
                "Say where two revisions differ, or the one in force and the files: what it means, then the text.",
            discussion: """
                Examples:
                  curfew policy diff                 from what is in force to the files that the settings name
                  curfew policy diff 3               from revision 3 to what is in force
                  curfew policy diff 3 5 --json
                  curfew policy diff 3 files

                Exit status 0, whatever differs; with --exit-code 3 when something does. 65 when a file has mistakes.
                What it would change for the environments that stand now: curfew policy simulate
                """
        )
        @OptionGroup var common: CommonOptions
        @OptionGroup var output: OutputOptions
        @Flag(help: "Exit with status 3 when something differs.") var exitCode = false
        @Argument(help: "A revision's number, `applied` or `files`; left out: applied.") var from: String?
        @Argument(help: "The same; left out: files, or applied where a revision was given.") var to: String?

        func perform(_ shell: Shell) async throws -> ExitStatus {
            let left = try PolicySide(from ?? "applied")
            let right = try to.map(PolicySide.init) ?? (from == nil || left == .applied ? .files : .applied)
            return try await shell.session(common) { session in
                let applied = try await session.wiring.policyInForce().revision.number
                let (one, other) = (
                    try await session.policy(left, applied: applied), try await session.policy(right, applied: applied)
                )
                let diff = PolicyDiff(from: one.side, (one.source, one.set), to: other.side, (other.source, other.set))
                shell.print(output.json ? JSONText.render(diff) : diff.text(on: session.canvas))
                if !diff.isSame, right == .files, !output.json { shell.say("next: curfew policy simulate, then apply") }
                return exitCode && !diff.isSame ? .stale : .done
            }
        }
    }
}

/// What can be compared.
private enum PolicySide: Equatable {
    case revision(Int64)
    case applied
    case files

    init(_ word: String) throws {
        switch word {
        case "applied": self = .applied
        case "files": self = .files
        default:
            guard let number = Int64(word), number > 0 else {
                throw ValidationError("\"\(word)\" is no revision; write a number, `applied` or `files`")
            }
            self = .revision(number)
        }
    }
}

extension Session {
    fileprivate struct ComparedPolicy {
        let side: PolicyDiff.Side
        let source: PolicySource
        let set: PolicySet
    }

    fileprivate func policy(_ side: PolicySide, applied: Int64) async throws -> ComparedPolicy {
        let number: Int64
        switch side {
        case .files:
            let texts = try shell.policyTexts([], found)
            return ComparedPolicy(
                side: PolicyDiff.Side(texts.source, paths: texts.paths),
                source: texts.source,
                set: try texts.meaning(found.settings)
            )
        case .applied: number = applied
        case .revision(let wanted): number = wanted
        }
        guard let revision = try await ledger.policyRevision(number) else {
            throw Problem(.data, "there is no revision \(number)", advice: "see: curfew policy history")
        }
        return ComparedPolicy(
            side: PolicyDiff.Side(revision, inForce: revision.number == applied),
            source: revision.source,
            set: try wiring.readPolicy(revision.source)
        )
    }
}

import ArgumentParser
import Core
import Foundation
import Ledger
import Operations
import Reports
import Settings

struct AuditCommand: ShellCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit",
        abstract: "Show the newest entries of the audit log, verify that nothing in it was changed, or archive it.",
        discussion: """
            Entries are chained: each seal covers one entry and the seal before. --verify calculates the whole chain anew \
            and names the first entry that is missing or is not what was sealed (exit status 65). It cannot know of \
            entries cut off at the end: write down the number and digest of the last seal, and compare.

            --archive copies entries with their seals to a file, one line of JSON each, from the first on; those that \
            are older than `retention: { audit: 730d }` of the settings file, or all. The file verifies on its own and \
            beside the database: curfew audit --verify --archive FILE. Nothing leaves the log: it only grows.
            """
    )

    @OptionGroup var common: CommonOptions
    @OptionGroup var output: OutputOptions
    @Flag(help: "Calculate the whole chain anew.") var verify = false
    @Option(help: ArgumentHelp("The file to archive to, or to verify.", valueName: "file")) var archive: String?
    @Option(help: ArgumentHelp("How many entries are shown.", valueName: "number")) var limit = 100

    func perform(_ shell: Shell) async throws -> ExitStatus {
        try await shell.session(common) { session in
            if let archive {
                return verify
                    ? try await verify(archive, session) : try await write(archive, session)
            }
            guard verify else {
                let entries = try await session.ledger.history(of: nil, limit: limit)
                let unsealed = try await session.ledger.unsealedCount()
                shell.print(
                    output.json
                        ? JSONText.render(AuditJSON(entries, unsealed: unsealed))
                        : AuditText.text(entries, unsealed: unsealed, on: session.canvas)
                )
                return .done
            }
            let chain = try await VerifyingAudit(session.ledger).run()
            shell.print(
                output.json ? JSONText.render(AuditChainJSON(chain)) : AuditText.text(chain, on: session.canvas)
            )
            return ExitStatus.done.and(.data, when: chain.fault != nil)
        }
    }

    private func write(_ file: String, _ session: Session) async throws -> ExitStatus {
        let kept = session.found.settings.retention.audit
        let draft = try DraftFile(file, in: session.shell.folder)
        let chain: AuditChain
        do {
            chain = try await ArchivingAudit(session.ledger).run(
                before: kept.map { session.wiring.clock().later(by: .zero - $0) },
                write: { try draft.handle.write(contentsOf: $0) }
            )
        } catch {
            draft.discard()
            throw error
        }
        // A file that holds nothing would be taken for a copy.
        if chain.head == nil { draft.discard() } else { try draft.finish() }
        session.shell.print(
            output.json
                ? JSONText.render(AuditChainJSON(chain)) : ArchiveText.written(chain, to: draft.url.path, kept: kept)
        )
        return .done
    }

    private func verify(_ file: String, _ session: Session) async throws -> ExitStatus {
        let url = URL(fileURLWithPath: file, relativeTo: URL(fileURLWithPath: session.shell.folder, isDirectory: true))
        guard let data = try? Data(contentsOf: url, options: .mappedIfSafe) else {
            throw Problem(.usage, "\(file) cannot be read", advice: "name an archive: curfew audit --archive FILE")
        }
        let outcome = try await VerifyingArchive(session.ledger).run(data)
        session.shell.print(
            output.json
                ? JSONText.render(
                    ArchiveJSON(outcome.chain, unreadable: outcome.unreadable, continues: outcome.continues)
                )
                : ArchiveText.verified(outcome.chain, unreadable: outcome.unreadable, continues: outcome.continues)
        )
        return ExitStatus.done.and(.data, when: !outcome.isRight)
    }
}

import ArgumentParser
import Core
import Foundation
import Ledger
import Operations
import Reports

extension DatabaseCommand {
    struct Backup: ShellCommand {
        static let configuration = CommandConfiguration(
            abstract: "Copy everything Curfew knows into a file.",
            discussion: """
                One moment, while others go on working; with pg_dump, in its own format. The file is readable by you \
                alone, and it has to stay so: tombstones hold templates and parameters, and these can hold secrets. \
                Logins and who is in which group are the server's and are not in it.
                Without a file: curfew-DATE.dump in this folder.

                Examples:
                  curfew database backup /var/backups/curfew.dump
                """
        )

        @OptionGroup var common: CommonOptions
        @Argument(help: "The file; it must not exist yet.") var file: String?

        func perform(_ shell: Shell) async throws -> ExitStatus {
            let location = try await shell.databaseLocation(try shell.optionalSettings(common))
            let date = Date().formatted(.iso8601.dateTimeSeparator(.standard).timeSeparator(.omitted))
                .filter { $0.isLetter || $0.isNumber }
            let draft = try DraftFile(file ?? "curfew-\(date).dump", in: shell.folder)
            do {
                let versions = try await shell.reporting {
                    try await LedgerDatabase.backup(
                        location,
                        toFile: draft.draft.path,
                        progress: { shell.progress($0) }
                    )
                }
                shell.endProgress()
                try draft.finish()
                let size = ByteCountFormatStyle(style: .file).format(draft.size)
                shell.print(
                    "\(draft.url.path): \(size), of PostgreSQL \(versions.server) by pg_dump \(versions.program)"
                )
            } catch {
                draft.discard()
                throw error
            }
            shell.say("it holds tombstones, and these can hold secrets: keep it as safe as the database")
            shell.say("to put it into an empty database: curfew database restore FILE --confirm curfew")
            return .done
        }
    }

    struct Restore: ShellCommand {
        static let configuration = CommandConfiguration(
            abstract: "Put a backup into an empty database.",
            discussion: """
                Refused where the database has tables of Curfew already, also empty ones. All of it comes, or nothing; then migrations \
                and the audit log are verified. It comes back paused, and every plan that waited or was approved comes back \
                withdrawn: a backup knows nothing of what was rejected, protected, extended, claimed or torn down since, nor \
                of mail that came back. Look first (curfew scan, curfew plan list; plans that were running go on), then \
                curfew resume. On the way the whole content lies uncompressed in $TMPDIR, in a file without a name.
                On a server of your own the login has to be a member of curfew_owner or a superuser, and people's logins \
                have to be put into their groups anew: curfew database grants says how.

                Examples:
                  curfew database restore /var/backups/curfew.dump --confirm curfew
                """
        )

        @OptionGroup var common: CommonOptions
        @Argument(help: "A file that `curfew database backup` wrote.") var file: String
        @Option(help: ArgumentHelp("The word curfew: it is meant.", valueName: "curfew")) var confirm: String?

        func perform(_ shell: Shell) async throws -> ExitStatus {
            guard confirm == "curfew" else {
                throw Problem(
                    .usage,
                    "nothing was restored: it was not confirmed",
                    advice: "if this is the database to fill: curfew database restore \(file) --confirm curfew"
                )
            }
            let url = URL(fileURLWithPath: file, relativeTo: URL(fileURLWithPath: shell.folder, isDirectory: true))
            guard let start = try? FileHandle(forReadingFrom: url).read(upToCount: 5) else {
                throw Problem(.usage, "\(url.path) cannot be read", advice: "name a file that backup wrote")
            }
            guard start == Data("PGDMP".utf8) else {
                throw Problem(.data, "\(url.path) is no backup", advice: "name a file that backup wrote")
            }
            let location = try await shell.databaseLocation(try shell.optionalSettings(common))
            let (ledger, pending) = try await shell.reporting {
                try await LedgerDatabase.restore(
                    location,
                    fromFile: url.path,
                    because: "restored from the backup \(url.lastPathComponent)",
                    progress: { shell.progress($0) }
                )
            }
            shell.endProgress()
            let outcome: Result<AuditChain, any Error>
            do {
                try await ledger.seal()
                outcome = .success(try await VerifyingAudit(ledger).run())
            } catch {
                outcome = .failure(error)
            }
            await ledger.close()
            let chain = try outcome.get()
            shell.print("restored from \(url.path)")
            shell.print(AuditText.text(chain, on: shell.canvas()))
            if !pending.isEmpty {
                shell.say("it lacks \(pending.joined(separator: ", ")); run: curfew database migrate")
            }
            shell.say("everything is paused; look at what is there, then: curfew resume")
            return ExitStatus.done.and(.data, when: chain.fault != nil)
        }
    }
}

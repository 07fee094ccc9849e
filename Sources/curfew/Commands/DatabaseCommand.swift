import ArgumentParser
import Foundation
import Ledger
import Operations
import Settings

struct DatabaseCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "database",
        abstract: "The database that Curfew keeps everything in.",
        discussion: """
            Without $CURFEW_DATABASE_URL and without `database:` in the settings file, Curfew starts a private PostgreSQL \
            in its data folder ($CURFEW_DATA_DIR, $XDG_DATA_HOME/curfew; as root /var/lib/curfew), reachable through a \
            socket only.
            """,
        subcommands: [
            Start.self, Stop.self, Status.self, Migrate.self, Grants.self, Prune.self, Backup.self, Restore.self,
            Upgrade.self,
        ]
    )

    struct Start: ShellCommand {
        static let configuration = CommandConfiguration(
            abstract: "Start the private server; make it first if there is none.",
            discussion: "Examples:\n  curfew database start"
        )
        @OptionGroup var common: CommonOptions

        func perform(_ shell: Shell) async throws -> ExitStatus {
            let location = try await shell.databaseLocation(try shell.optionalSettings(common))
            try await shell.reporting { try await LedgerDatabase.start(location, progress: { shell.say($0) }) }
            shell.print(try await shell.reporting { try await LedgerDatabase.status(location) }.text)
            return .done
        }
    }

    struct Stop: ShellCommand {
        static let configuration = CommandConfiguration(
            abstract: "Stop the private server; everything is kept.",
            discussion: "Examples:\n  curfew database stop"
        )
        @OptionGroup var common: CommonOptions

        func perform(_ shell: Shell) async throws -> ExitStatus {
            let location = try await shell.databaseLocation(try shell.optionalSettings(common))
            try await shell.reporting { try await LedgerDatabase.stop(location) }
            shell.print("stopped; everything is kept in \(shell.dataFolder)")
            return .done
        }
    }

    struct Status: ShellCommand {
        static let configuration = CommandConfiguration(
            abstract: "Say where the database is and whether it answers.",
            discussion: "Examples:\n  curfew database status"
        )
        @OptionGroup var common: CommonOptions

        func perform(_ shell: Shell) async throws -> ExitStatus {
            let location = try await shell.databaseLocation(try shell.optionalSettings(common))
            let status = try await shell.reporting { try await LedgerDatabase.status(location) }
            shell.print(status.text)
            return status.running == true && status.problem == nil ? .done : ExitStatus(.unavailable)
        }
    }

    struct Migrate: ShellCommand {
        static let configuration = CommandConfiguration(
            abstract: "Bring the schema up to what this program knows (the private server does it by itself).",
            discussion: "Examples:\n  curfew database migrate"
        )
        @OptionGroup var common: CommonOptions

        func perform(_ shell: Shell) async throws -> ExitStatus {
            let location = try await shell.databaseLocation(try shell.optionalSettings(common))
            let applied = try await shell.reporting {
                try await LedgerDatabase.migrate(location, progress: { shell.say($0) })
            }
            shell.print(applied.isEmpty ? "the schema is up to date" : "applied: \(applied.joined(separator: ", "))")
            return .done
        }
    }

    struct Grants: ShellCommand {
        static let configuration = CommandConfiguration(
            abstract: "Print the SQL that makes the roles and gives them their rights.",
            discussion:
                "A managed server's administrator runs it once:\n  curfew database grants | psql \"$CURFEW_DATABASE_URL\""
        )

        func perform(_ shell: Shell) async throws -> ExitStatus {
            shell.print(Ledger.Grants.script)
            return .done
        }
    }
}

extension DatabaseStatus {
    fileprivate var text: String {
        let subject = place.map { "the private database in \($0)" } ?? "the configured database"
        switch running {
        case nil: return "\(subject) does not exist yet; it is made at first use, or by: curfew database start"
        case false?: return "\(subject) is stopped; start it with: curfew database start"
        case true?:
            var lines = ["\(subject) runs PostgreSQL \(version ?? "of an unknown version")"]
            if let problem { lines.append(problem) }
            if !pending.isEmpty {
                lines.append("it lacks \(pending.joined(separator: ", ")); run: curfew database migrate")
            }
            if problem == nil, pending.isEmpty {
                lines.append("its schema is up to date (\(applied.count) migrations)")
            }
            return lines.joined(separator: "\n")
        }
    }
}

extension Shell {
    /// The database can be looked after before there is a settings file.
    func optionalSettings(_ options: CommonOptions) throws(Problem) -> Settings? {
        if options.settings == nil, options.set.isEmpty, variables["CURFEW_SETTINGS"] == nil {
            return try? settings(options).settings
        }
        return try settings(options).settings
    }
}

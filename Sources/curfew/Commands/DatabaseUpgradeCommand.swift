import ArgumentParser
import Ledger
import Operations

extension DatabaseCommand {
    struct Upgrade: ShellCommand {
        static let configuration = CommandConfiguration(
            abstract: "Bring the private database to the newest PostgreSQL that is installed.",
            discussion: """
                Both versions have to be installed, the one of the data and the newer one. The server is stopped and \
                everything is copied to a new data folder, which takes the old one's place once every table has as many \
                rows and the audit log ends with the same seal. The old folder is kept beside it.
                A server of your own is upgraded by its own means.
                """
        )

        @OptionGroup var common: CommonOptions

        func perform(_ shell: Shell) async throws -> ExitStatus {
            let location = try await shell.databaseLocation(try shell.optionalSettings(common))
            let outcome = try await shell.reporting {
                try await LedgerDatabase.upgrade(location, progress: { shell.progress($0) })
            }
            shell.endProgress()
            switch outcome {
            case .current(let version):
                shell.print("nothing to upgrade: the data is of PostgreSQL \(version), and nothing newer is installed")
            case .upgraded(let from, let to, let kept):
                shell.print("upgraded from PostgreSQL \(from) to PostgreSQL \(to)")
                shell.say("the data as it was is in \(kept): remove it when you are sure")
            }
            return .done
        }
    }
}

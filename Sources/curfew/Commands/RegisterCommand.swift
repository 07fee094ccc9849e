import ArgumentParser
import Core
import Ledger
import Operations
import Reports
import Settings

struct RegisterCommand: ShellCommand {
    static let configuration = CommandConfiguration(
        commandName: "register",
        abstract: "Say what a pipeline deploys: name, owner, branch, repository, commit, lifetime.",
        discussion: """
            For a pipeline, right before or after it deploys. The environment need not be known yet: a registration \
            counts for the life whose oldest stack was created before it or up to an hour after it, and for no later \
            one. The newest counts. It says who the owner is where no tag and no claim does; its lifetime is one more \
            TTL for the policy (`ttl_tag: expired`), and where a tag says otherwise the later end counts. It is no \
            activity.

            The name is read as a tag `feature` is: feature/x and x are feat-x, refs/pull/12/merge is pr-12. A \
            permanent name is refused (65). User, password and query of a repository's address are not kept.

            --from-environment takes what is not given from the pipeline's own variables. GitHub Actions: \
            GITHUB_HEAD_REF or GITHUB_REF_NAME, GITHUB_SERVER_URL/GITHUB_REPOSITORY, GITHUB_SHA (not for pull \
            requests, whose GITHUB_SHA is a merge that is on no branch). GitLab CI: \
            CI_MERGE_REQUEST_SOURCE_BRANCH_NAME or CI_COMMIT_BRANCH, CI_PROJECT_URL, \
            CI_MERGE_REQUEST_SOURCE_BRANCH_SHA or CI_COMMIT_SHA. The owner is always said.

            Takes a login in curfew_registrar or curfew_operator; settings for names, spaces and owners' aliases, and \
            nothing of AWS.

            Examples:
              curfew register pr-12 --owner team-shop --ttl 14d --from-environment
              curfew register sandbox/feat-checkout --owner ada@example.com --branch feature/checkout
            """
    )

    @OptionGroup var common: CommonOptions
    @OptionGroup var output: OutputOptions
    @Argument(help: "The environment, as `feat-x`, `feature/x`, `pr-12` or `space/feat-x`.") var environment: String
    @Option(help: ArgumentHelp("The space, where the settings have several.", valueName: "space")) var space: String?
    @Option(help: ArgumentHelp("The person or team that answers for it.", valueName: "who")) var owner: String
    @Option(help: ArgumentHelp("The branch that is deployed.", valueName: "branch")) var branch: String?
    @Option(help: ArgumentHelp("The address of its repository.", valueName: "url")) var repository: String?
    @Option(help: ArgumentHelp("The commit that is deployed.", valueName: "hash")) var commit: String?
    @Option(
        help: ArgumentHelp("For how long it is wanted: 36h, 14d, 2w.", valueName: "time"),
        transform: parsedDuration
    )
    var ttl: Duration?
    @Flag(help: "Take what is not given from the variables of GitHub Actions or GitLab CI.")
    var fromEnvironment = false

    func perform(_ shell: Shell) async throws -> ExitStatus {
        let found = try shell.settings(common)
        let values = try values(shell)
        return try await shell.withLedger(found.settings, shell.secrets(found.settings)) { ledger in
            let names = found.settings.accountNames
            let registered = try await Registering(
                store: ledger,
                rules: ScanRules(found.settings),
                accountNames: names
            ).register(environment, in: space, values)
            guard !output.json else {
                shell.print(JSONText.render(RegisteredJSON(registered)))
                return .done
            }
            for line in RegisteredText.lines(registered, on: shell.canvas(accountNames: names)) { shell.print(line) }
            return .done
        }
    }

    private func values(_ shell: Shell) throws -> Registering.Values {
        var values = Registering.Values(
            owner: owner,
            branch: branch,
            repository: repository,
            commit: commit,
            lifetime: ttl
        )
        guard fromEnvironment else { return values }
        guard let pipeline = PipelineVariables(shell.variables) else {
            throw Problem(
                .usage,
                "--from-environment: this is no run of GitHub Actions or GitLab CI",
                advice: "give --branch, --repository and --commit, as far as they are known"
            )
        }
        values.branch = values.branch ?? pipeline.branch
        values.repository = values.repository ?? pipeline.repository
        values.commit = values.commit ?? pipeline.commit
        return values
    }
}

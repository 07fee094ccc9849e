/// What GitHub Actions or GitLab CI say of the run that is under way, by the variables they document.
///
/// Nobody's name is among it: who answers for an environment is said, not guessed from who pushed.
package struct PipelineVariables: Sendable, Hashable {
    package var branch: String?
    package var repository: String?
    package var commit: String?

    /// Nil outside both.
    package init?(_ variables: [String: String]) {
        func value(_ name: String) -> String? { variables[name].flatMap { $0.isEmpty ? nil : $0 } }
        if value("GITHUB_ACTIONS") == "true" {
            let isRequest = value("GITHUB_EVENT_NAME")?.hasPrefix("pull_request") == true
            branch = value("GITHUB_HEAD_REF") ?? (value("GITHUB_REF_TYPE") == "branch" ? value("GITHUB_REF_NAME") : nil)
            // For a pull request both belong to the merge that GitHub tries out, which is on no branch.
            if isRequest, value("GITHUB_HEAD_REF") == nil { branch = nil }
            commit = isRequest ? nil : value("GITHUB_SHA")
            if let server = value("GITHUB_SERVER_URL"), let path = value("GITHUB_REPOSITORY") {
                repository = "\(server)/\(path)"
            }
        } else if value("GITLAB_CI") == "true" {
            branch = value("CI_MERGE_REQUEST_SOURCE_BRANCH_NAME") ?? value("CI_COMMIT_BRANCH")
            commit = value("CI_MERGE_REQUEST_SOURCE_BRANCH_SHA") ?? value("CI_COMMIT_SHA")
            // CI_REPOSITORY_URL holds the job's token.
            repository = value("CI_PROJECT_URL")
        } else {
            return nil
        }
    }
}

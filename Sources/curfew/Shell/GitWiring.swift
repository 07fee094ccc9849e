import Core
import Curl
import Hosts
import Operations
import Settings

extension Session {
    /// Reads repositories; each token is fetched when its repository is.
    var gitHosts: GitHosts {
        let tokens = Dictionary(
            found.settings.repositories.map { ($0.repository.address, $0.token) },
            uniquingKeysWith: { first, _ in first }
        )
        let secrets = secrets
        return GitHosts(
            transport: HTTPPool(width: 2),
            token: { repository in
                guard let reference = tokens[repository.address] ?? nil else { return .success(nil) }
                do throws(Problem) {
                    return .success(try await secrets.secret(reference))
                } catch {
                    return .failure(HostFailure("\(repository.place): \(error.summary)", advice: error.advice))
                }
            },
            git: LSRemote(variables: shell.variables),
            sleep: { try? await Task.sleep(for: $0) }
        )
    }
}

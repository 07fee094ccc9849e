import Core
import Curl
import Foundation
import Hosts
import TestSupport
import Testing

let now = Date(timeIntervalSince1970: 1_795_435_200)
let theToken = "ghp_never-shown"

/// `acme/shop` at a scripted host.
func repository(
    _ url: String,
    kind: Repository.Kind = .github,
    defaultBranch: String? = nil
) throws -> Repository {
    let address = "https://git.example.com/acme/shop"
    let place = try #require(RepositoryPlace(address: address))
    return Repository(address: address, place: place, kind: kind, api: url, defaultBranch: defaultBranch)
}

func hosts(token: String? = theToken) -> GitHosts {
    GitHosts(transport: HTTPPool(width: 1), token: { _ in .success(token) }, sleep: { _ in })
}

extension GitHosts {
    func reading(
        _ repository: Repository,
        known: KnownRepository = .none,
        numbers: Set<Int> = []
    ) async -> RepositoryReading {
        await read(repository, known: known, numbers: numbers, isOver: { false }, now: now)
    }

    func missing(_ branches: [String], of repository: Repository) async -> MissingBranches {
        await missing(branches, of: repository, isOver: { false }, now: now)
    }
}

/// Why it failed; nothing where it did not.
func why<Value>(_ result: Result<Value, HostFailure>?) -> HostFailure? {
    if case .failure(let failure) = result { return failure }
    return nil
}

func value<Value>(_ result: Result<Value, HostFailure>?) -> Value? {
    if case .success(let value) = result { return value }
    return nil
}

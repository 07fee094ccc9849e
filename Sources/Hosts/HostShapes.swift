import Core
import Foundation

// What is read of the hosts' answers; a member that is not optional was promised.

struct GitHubBranch: Decodable {
    struct Commit: Decodable { let sha: String }
    let name: String
    let commit: Commit

    var branch: HostBranch { HostBranch(name: name, commit: commit.sha) }
}

struct GitHubRef: Decodable {
    let ref: String
}

struct GitHubCommit: Decodable {
    struct Person: Decodable {
        let name: String?
        let email: String?
        let date: Date
    }
    struct Commit: Decodable {
        let author: Person
        let committer: Person

        var detail: HostCommit {
            HostCommit(at: committer.date, author: author.name ?? "", address: author.email ?? "")
        }
    }
    let commit: Commit
}

struct GitHubPull: Decodable {
    struct Place: Decodable {
        let fullName: String
        let defaultBranch: String?
    }
    struct End: Decodable {
        let ref: String
        let sha: String
        let repo: Place?
    }
    let number: Int
    let state: String
    let updatedAt: Date
    let closedAt: Date?
    let mergedAt: Date?
    let head: End
    let base: End

    var request: PullRequest {
        PullRequest(
            number: number,
            branch: head.ref,
            commit: head.sha,
            // A copy that was deleted is not there any more.
            isFork: head.repo == nil || head.repo?.fullName != base.repo?.fullName,
            base: base.ref,
            state: mergedAt != nil ? .merged : state == "open" ? .open : .closed,
            updatedAt: updatedAt,
            endedAt: mergedAt ?? closedAt
        )
    }
}

struct GitLabBranch: Decodable {
    struct Commit: Decodable {
        let id: String
        let committedDate: Date?
        let authorName: String?
        let authorEmail: String?
    }
    let name: String
    let merged: Bool?
    let `default`: Bool?
    let commit: Commit

    var branch: HostBranch {
        HostBranch(
            name: name,
            commit: commit.id,
            merged: merged,
            isDefault: self.default,
            detail: commit.committedDate.map {
                HostCommit(at: $0, author: commit.authorName ?? "", address: commit.authorEmail ?? "")
            }
        )
    }
}

struct GitLabRequest: Decodable {
    let iid: Int
    let state: String
    let sourceBranch: String
    let targetBranch: String
    let sha: String?
    let sourceProjectId: Int?
    let targetProjectId: Int?
    let updatedAt: Date
    let mergedAt: Date?
    let closedAt: Date?

    var request: PullRequest {
        PullRequest(
            number: iid,
            branch: sourceBranch,
            commit: sha ?? "",
            isFork: sourceProjectId != targetProjectId,
            base: targetBranch,
            // `locked` is one that is being merged.
            state: state == "merged" ? .merged : state == "closed" ? .closed : .open,
            updatedAt: updatedAt,
            endedAt: state == "merged" ? mergedAt ?? updatedAt : state == "closed" ? closedAt ?? updatedAt : nil
        )
    }
}

struct HostProject: Decodable {
    let id: Int?
    let fullName: String?
    let pathWithNamespace: String?
    let defaultBranch: String?

    var name: String? { fullName ?? pathWithNamespace }
}

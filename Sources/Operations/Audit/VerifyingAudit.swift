package import Core

/// `curfew audit --verify`: walks along the whole chain with a calculation of its own, page by page.
package struct VerifyingAudit: Sendable {
    let store: any SealStore
    let page: Int

    package init(_ store: any SealStore, page: Int = 5_000) {
        self.store = store
        self.page = page
    }

    package func run() async throws(Problem) -> AuditChain {
        try await reporting {
            var chain = AuditChain()
            while chain.fault == nil {
                let links = try await store.sealed(after: chain.head?.number ?? 0, limit: page)
                if links.isEmpty { break }
                chain.walk(links)
            }
            chain.note(lost: try await store.lostBeforeSealing())
            chain.unsealed = try await store.unsealedCount()
            return chain
        }
    }
}

import "@fontsource-variable/inter";
import "@fontsource-variable/jetbrains-mono";
import "./theme/mantine.css";
import "./theme/tokens.css";
import "./theme/mantine-variables.css";
import "./theme/base.css";
import { MantineProvider } from "@mantine/core";
import { QueryCache, QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { APIError } from "./api/errors";
import { buildRouter } from "./routes/router";
import { resolver, theme } from "./theme/theme";

const queries = new QueryClient({
  queryCache: new QueryCache({
    onError: (error, query) => {
      // The session ended: whatever page this is, it is the sign-in page's turn.
      if (error instanceof APIError && error.status === 401 && query.queryKey[0] !== "session") {
        queries.removeQueries({ queryKey: ["session"] });
        void router.invalidate();
      }
    },
  }),
  defaultOptions: {
    queries: {
      staleTime: 10_000,
      refetchOnWindowFocus: false,
      retry: (count, error) => count < 2 && error instanceof APIError && (error.status === 0 || error.status >= 500),
      retryDelay: (count) => 500 * 2 ** count,
    },
  },
});
const router = buildRouter(queries);

const root = document.getElementById("root");
if (root) {
  createRoot(root).render(
    <StrictMode>
      {/* The variables are a file (mantine-variables.css): the content security policy refuses style elements. */}
      <MantineProvider
        theme={theme}
        cssVariablesResolver={resolver}
        defaultColorScheme="auto"
        withCssVariables={false}
        withGlobalClasses={false}
      >
        <QueryClientProvider client={queries}>
          <RouterProvider router={router} />
        </QueryClientProvider>
      </MantineProvider>
    </StrictMode>,
  );
}

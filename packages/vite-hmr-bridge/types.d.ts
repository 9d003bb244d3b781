declare module 'virtual:vite-hmr-bridge/client' {}
